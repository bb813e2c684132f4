"""Import profiles (导入方案): how one vendor names, spells and measures things."""
