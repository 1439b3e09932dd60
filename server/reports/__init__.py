"""What the desk reads of the whole hall: registers, indices, spreadsheets."""
