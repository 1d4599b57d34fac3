"""The process that a detector lives in: run as a folder, and read by the parent for its messages.

It may run in another environment, beside another version of framejudge: it needs only the standard library,
numpy, and what `installed` finds there. Its modules import each other relatively, because they have another
package's name there: see `__main__`.
"""
