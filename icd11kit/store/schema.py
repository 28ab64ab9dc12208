"""The tables of a store file, and the marks by which it is known."""

from __future__ import annotations

APPLICATION_ID = 0x69636431
"""Stands in the header of every store file ("icd1")."""
SCHEMA_VERSION = 2

TABLES = """
CREATE TABLE manifest (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE entity (
  pre INTEGER PRIMARY KEY, last INTEGER NOT NULL, parent INTEGER NOT NULL,
  depth INTEGER NOT NULL, id TEXT NOT NULL, code TEXT NOT NULL, block_id TEXT NOT NULL,
  title TEXT NOT NULL, kind TEXT NOT NULL, residual TEXT NOT NULL, chapter TEXT NOT NULL,
  billable INTEGER NOT NULL);
CREATE TABLE label (label TEXT PRIMARY KEY, pre INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE note (
  entity TEXT, ordinal INTEGER, kind TEXT NOT NULL, text TEXT NOT NULL, concept TEXT NOT NULL,
  entry TEXT NOT NULL, deprecated INTEGER NOT NULL, of_concept INTEGER NOT NULL,
  PRIMARY KEY (entity, ordinal)) WITHOUT ROWID;
CREATE TABLE axis (
  pre INTEGER, name TEXT, required INTEGER NOT NULL, multiple TEXT NOT NULL,
  scale TEXT NOT NULL, source TEXT NOT NULL, PRIMARY KEY (pre, name)) WITHOUT ROWID;
CREATE TABLE foundation (id TEXT PRIMARY KEY, title TEXT NOT NULL, parents TEXT NOT NULL)
  WITHOUT ROWID;
CREATE TABLE map_row (
  mapping TEXT NOT NULL, line INTEGER NOT NULL, icd10_kind TEXT NOT NULL,
  icd10_code TEXT NOT NULL, icd10_title TEXT NOT NULL, entity TEXT NOT NULL,
  icd11_kind TEXT NOT NULL, icd11_code TEXT NOT NULL, icd11_title TEXT NOT NULL,
  relation TEXT NOT NULL, rollup TEXT NOT NULL, distance TEXT NOT NULL);
CREATE TABLE term (
  rowid INTEGER PRIMARY KEY, pre INTEGER NOT NULL, text TEXT NOT NULL, words INTEGER NOT NULL,
  source INTEGER NOT NULL);
CREATE TABLE lay_term (term TEXT, ordinal INTEGER, means TEXT NOT NULL,
  PRIMARY KEY (term, ordinal)) WITHOUT ROWID;
CREATE TABLE word (word TEXT PRIMARY KEY, count INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE deletion (deletion TEXT, word TEXT, PRIMARY KEY (deletion, word)) WITHOUT ROWID;
"""

FULL_TEXT = """
CREATE VIRTUAL TABLE term_text USING fts5(
  text, content='', detail=none, columnsize=0, tokenize='{tokenizer}');
"""

INDEXES = """
CREATE INDEX entity_parent ON entity (parent);
CREATE INDEX map_row_entity ON map_row (entity);
CREATE INDEX map_row_icd10 ON map_row (icd10_code);
CREATE INDEX foundation_title ON foundation (title);
ANALYZE;
"""

TOKENIZERS = {"en": "porter unicode61"}
"""Stemming is English; other languages are searched word by word."""
PLAIN_TOKENIZER = "unicode61"
