"""Hyperinflammation: IEC-HS, HScore, HLH-2004 and MAS 2016, each edition its own file, all asked on the same days."""
