//! Files as those who export them write them.
