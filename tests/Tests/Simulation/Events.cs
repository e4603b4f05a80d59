using MyKey.Kernel;
using MyKey.Kernel.Db;
using MyKey.Ledger;

namespace MyKey.Tests.Simulation;

/// <summary>One support event after the other, each of eight days; two of three keep what is left, which then becomes the municipality's points (H-D2).</summary>
internal sealed class Events(MunicipalityCode[] issuers, SupportEventId first)
{
    private const int Days = 8;

    public static int Number(DateOnly day) => day.DayNumber / Days;

    public static DateOnly LastDay(int number) => DateOnly.FromDayNumber(number * Days + Days - 1);

    public Account Account(int number) => MyKey.Ledger.Account.Event(issuers[number % issuers.Length], Ids.Named<SupportEventId>([.. first.Value.ToByteArray(), .. BitConverter.GetBytes(number)]));

    /// <summary>What is to be posted for the last two events that are over: the job of the App does the same with the events that it knows.</summary>
    public async Task<List<Transfer>> Endings(Database database, DateOnly today)
    {
        var (reading, endings) = (new EventReading(database, Buckets.Default), new List<Transfer>());
        for (var number = Number(today) - 2; number < Number(today); number++)
            for (var bucket = 0; bucket < Buckets.Default.Count; bucket++)
            {
                var (account, due) = (Account(number), await reading.Due(bucket, Account(number), today, 1_000));
                endings.AddRange(number % 3 == 0
                    ? due.Select(l => Transfer.Expire(l.Citizen, account, l.Lot, today))
                    : due.Select(l => l.Citizen).Distinct().Select(c => Transfer.MoveLeftOver(IdOf(account, c, today), c, account, today.AddDays(20), Actor.Job("simulation"))));
            }
        return endings;
    }

    private static TransferId IdOf(Account account, CitizenId citizen, DateOnly day) => Ids.Named<TransferId>([.. account.Owner.ToByteArray(), .. citizen.Value.ToByteArray(), .. day.Bytes()]);
}
