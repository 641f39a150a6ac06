"""image_folder"""
