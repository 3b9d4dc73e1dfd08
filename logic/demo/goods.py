"""What the demo shop sells: names, prices, codes, colours and sizes, all made up."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Item:
    """A product; `price` is that of one piece."""

    name: str
    price: float
    sku: str
    colours: tuple[str, ...]
    size: str


@dataclass(frozen=True, slots=True)
class Line:
    """So many pieces of one product in one colour: what an order of the demo consists of."""

    item: Item
    pieces: int
    colour: str

    @property
    def amount(self) -> float:
        return round(self.item.price * self.pieces, 2)

    @property
    def text(self) -> str:
        return f"{self.item.name} ×{self.pieces}"


RETAIL = (
    Item("亚麻四件套 1.8m床", 459.0, "QH-TJ1801", ("燕麦色", "雾霾蓝", "豆沙粉"), "1.8m床"),
    Item("水洗棉四件套 1.5m床", 329.0, "QH-TJ1502", ("浅灰", "奶白", "墨绿"), "1.5m床"),
    Item("桑蚕丝夏被 200×230", 899.0, "QH-XB2303", ("米白", "淡青"), "200×230cm"),
    Item("羽绒被 220×240", 1299.0, "QH-YR2404", ("白色",), "220×240cm"),
    Item("乳胶枕 一对", 268.0, "QH-ZT0005", ("白色",), "60×40cm"),
    Item("遮光窗帘 3×2.7m 定制", 536.5, "QH-CL3006", ("浅咖", "高级灰"), "3×2.7m"),
    Item("羊毛地毯 160×230", 780.0, "QH-DT1607", ("米驼", "深灰"), "160×230cm"),
    Item("实木床头柜", 415.8, "QH-CT0008", ("原木色", "胡桃色"), "均码"),
    Item("落地灯 原木色", 239.9, "QH-LD0009", ("原木色",), "均码"),
    Item("餐椅 四把装", 1068.0, "QH-CY0410", ("原木色", "黑色"), "均码"),
    Item("纯棉浴巾 六条装", 188.4, "QH-YJ0611", ("混色",), "70×140cm"),
    Item("懒人沙发 含脚凳", 599.0, "QH-SF0112", ("卡其", "墨绿", "橘色"), "均码"),
)
WHOLESALE = (
    Item("酒店布草四件套", 128.0, "QH-PF1801", ("白色",), "1.8m床"),
    Item("毛巾 35×75 白色", 6.8, "QH-PF3502", ("白色",), "35×75cm"),
    Item("浴巾 70×140 白色", 21.5, "QH-PF7003", ("白色",), "70×140cm"),
    Item("民宿拖鞋", 2.35, "QH-PF0004", ("米色", "灰色"), "均码"),
    Item("荞麦枕芯", 18.9, "QH-PF4805", ("白色",), "48×74cm"),
    Item("全棉床笠 1.5m", 43.6, "QH-PF1506", ("白色", "浅灰"), "1.5m"),
    Item("珊瑚绒毯 150×200", 32.7, "QH-PF1507", ("驼色", "浅灰"), "150×200cm"),
)
GIFTS = ("", "", "", "香薰片 1 片", "收纳袋 1 个", "洗护小样 2 包")
