"""What one ``bench run`` produced: dataclasses, reader, schema. Imports nothing else of ours."""
