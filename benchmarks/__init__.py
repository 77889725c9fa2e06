"""How fast, beside a plain scikit-learn loop that does the same job: ``python -m benchmarks``.

Every ratio comes from one run on one machine, the two sides in turns; the figures themselves say
little about another machine.
"""
