namespace MyKey.Ledger; public static class Directions { }
