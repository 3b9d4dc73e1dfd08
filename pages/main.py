"""The script Streamlit runs for every page: who is it, the menu from the declarations, the page asked for.

The gate has let nobody in without a session; here it is asked again, because a session may end between two runs.
"""

from __future__ import annotations

import streamlit as st

from logic.register import AREAS, registers
from pages import accounts, attention, changes, connect, handbook, home, my_account, problems, records, search
from pages.parts import actor, markup, menu, waiting
from pages.parts.turns import in_turn


@in_turn
def main() -> None:
    st.set_page_config(page_title="电商部控制台", page_icon="📒", layout="wide")
    markup.put(markup.STYLE)
    visit = actor.require()
    known = registers()
    pages = {key: st.Page(records.page_for(one), title=one.title, url_path=key) for key, one in known.items()}
    menu.remember(pages)
    count = waiting.count(known)
    title = f"需要您处理({count})" if count else "需要您处理"
    if count:
        st.set_page_config(page_title=f"({count}) 电商部控制台")
    todo = st.Page(attention.page_for(known, pages), title=title, url_path="attention")
    find = st.Page(search.page_for(known), title="一键查", url_path="search")
    start = st.Page(home.page_for(known, pages, todo, find), title="首页", url_path="home", default=True)
    manual = st.Page(handbook.page_for(known), title="填报手册", url_path="handbook")
    wrong = problems.count(known)
    health = st.Page(
        problems.page_for(known), title=f"{problems.TITLE}({wrong})" if wrong else problems.TITLE, url_path="problems"
    )
    log = st.Page(changes.page_for(known), title=changes.TITLE, url_path="changes")
    entries = {"": [start, find, todo, manual], "检查": [health, log]}
    for area, name in AREAS.items():
        entries[name] = [pages[key] for key, one in known.items() if one.area == area]
    entries["账号"] = [st.Page(my_account.page, title="我的账号", url_path="account")]
    if visit.admin:
        entries["账号"].append(st.Page(accounts.page, title="账号管理", url_path="accounts"))
        entries["账号"].append(st.Page(connect.page, title=connect.TITLE, url_path="connect"))
    actor.draw(visit)
    st.navigation({name: members for name, members in entries.items() if members}, expanded=True).run()


main()
