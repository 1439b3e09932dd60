"""离岗告示 and 顶岗: who is away, until when, and who stands in (AWY, AB)."""
