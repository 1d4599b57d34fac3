"""What a labelled set is: samples, reading, the labels table, layouts of other tools."""
