"""Documents printed or shared (DOC): what they say, how they look, who may have them, and how a copy is told from a forgery.

One document is a template under `locales/papers/` (its words in every locale, by hand; the phone prints from the same file) and a
module under `kinds/` that reads its values from the rows the reader may see. Nothing else knows it.
"""
