module mallory

go 1.19
