"""Exam 2: pictures by many hands, from many sources, some of both sealed."""
