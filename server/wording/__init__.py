"""The words of the pages, one module for each part; ``server.words`` puts them together.

Key → language → text. A key begins with its part's name, so that no two parts ever mean different things by one key.
"""
