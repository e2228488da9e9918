"""What every module may use and knows no domain word: time, refusals, forms, tables, templates."""
