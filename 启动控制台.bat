@echo off
chcp 65001 >nul
title 电商部控制台
cd /d "%~dp0"
where py >nul 2>nul
if errorlevel 1 (
    echo 没有找到 Python。请先安装 Python 3.11 或更新的版本，安装时勾选 py launcher，再双击本文件。
) else (
    py -3 tools\bootstrap.py run
)
pause
