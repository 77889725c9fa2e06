"""Tests of the report: charts, tables, pages, publishing, and the pages in a real browser."""
