// One person at a time: two browsers on two cores make each other late, and lateness is not what is tested here.
[assembly: CollectionBehavior(DisableTestParallelization = true)]
