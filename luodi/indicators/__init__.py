"""The engine of named questions to dated records: Frame, Indicator, evaluation, break-down, freezing."""
