"""timemachine"""
