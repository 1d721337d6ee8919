print("fidelio")
