"""Rules over a run, or over two versions measured in turns: pass, fail, or cannot judge."""
