//! Stands for the project.
