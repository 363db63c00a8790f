"""What must hold of a template: its structure, its references, and the invariants of a stax, one a function.

Each check takes a Template and yields TemplateProblems; none looks at anything else.
"""
