"""Labelling by people: propose, decide in the browser, agree, and mend the labels."""
