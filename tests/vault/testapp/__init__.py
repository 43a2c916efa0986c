"""Models for tests of encrypted fields; installed only while those run."""
