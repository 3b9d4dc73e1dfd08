"""The door: who may come in. Accounts, sessions, one-time links, guessing slowed down; see logic.door.door."""
