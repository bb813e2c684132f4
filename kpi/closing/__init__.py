"""Closing a month: from 未报齐 to 已锁定, and what may still change afterwards."""
