"""What follows from a notification: who wants to hear of what, how, and the mails that say so."""
