module onstage/held_reloads

go 1.22
