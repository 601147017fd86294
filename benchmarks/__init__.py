"""Figures of README's last section: measured, printed, never asserted in a test."""
