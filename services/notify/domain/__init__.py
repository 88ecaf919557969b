"""The rules of telling: who, in which words, how often again."""
