"""Who answers: agents, offers, the line of those who wait. Pure decisions; the doors are at the edge."""
