"""What each screen shows, as data: pure functions from the visit and its surroundings to frozen views.

Nothing here knows Kivy. A view holds every string of its screen, so that the same view can be spoken and tested.
"""
