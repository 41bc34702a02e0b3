//! Tests of rewards, by what they are about.
