using Dapper;
using MyKey.Kernel;
using MyKey.Kernel.Db;

namespace MyKey.App.Exchange;

/// <summary>Writing the lines of a part of a file.</summary>
internal static class CouponRows
{
    private const string InsertOne = """
        insert into pts_coupon(bucket, code_hash, batch, line, points, expires_on) values (@bucket, @hash, @batch, @line, @points, @expires) on conflict do nothing
        """;

    private const string InsertMany = """
        with given as (select * from unnest(@buckets, @hashes, @lines, @points, @days) as g(bucket, code_hash, line, points, expires_on)),
          put as (insert into pts_coupon(bucket, code_hash, batch, line, points, expires_on)
            select bucket, code_hash, @batch, line, points, expires_on from given on conflict do nothing returning line)
        select line from given where line not in (select line from put)
        """;

    private const string RefuseOne = "insert into pts_coupon_refused(batch, line, code) values (@batch, @Line, @Code)";

    private const string RefuseMany = "insert into pts_coupon_refused(batch, line, code) select @batch, line, code from unnest(@lines, @codes) as g(line, code)";

    /// <returns>The lines whose code is there already, in this file or another one of the partner.</returns>
    public static async Task<HashSet<int>> Insert(Transaction tx, Guid batch, List<CouponLine> lines)
    {
        if (lines.Count == 0) return [];
        if (tx.Engine == Engine.Postgres)
        {
            return [.. await tx.Connection.QueryAsync<int>(InsertMany, new
            {
                batch, buckets = lines.ConvertAll(l => l.Place.Bucket).ToArray(), hashes = lines.ConvertAll(l => l.Place.Hash).ToArray(), lines = lines.ConvertAll(l => l.Line).ToArray(),
                points = lines.ConvertAll(l => l.Points).ToArray(), days = lines.ConvertAll(l => l.ExpiresOn.ToNumber()).ToArray(),
            }, tx.Handle)];
        }
        await using var command = tx.Connection.CreateCommand();
        (command.CommandText, command.Transaction) = (InsertOne, tx.Handle);
        foreach (var name in (string[])["@bucket", "@hash", "@batch", "@line", "@points", "@expires"])
        {
            var parameter = command.CreateParameter();
            parameter.ParameterName = name;
            command.Parameters.Add(parameter);
        }
        var known = new HashSet<int>();
        command.Parameters[2].Value = batch.Bytes();
        foreach (var line in lines)
        {
            (command.Parameters[0].Value, command.Parameters[1].Value) = (line.Place.Bucket, line.Place.Hash);
            (command.Parameters[3].Value, command.Parameters[4].Value, command.Parameters[5].Value) = (line.Line, line.Points, line.ExpiresOn.ToNumber());
            if (await command.ExecuteNonQueryAsync() == 0) known.Add(line.Line);
        }
        return known;
    }

    public static async Task Refuse(Transaction tx, Guid batch, List<CouponLine> lines)
    {
        if (lines.Count == 0) return;
        if (tx.Engine == Engine.Postgres)
            await tx.Connection.ExecuteAsync(RefuseMany, new { batch, lines = lines.ConvertAll(l => l.Line).ToArray(), codes = lines.ConvertAll(l => l.Code!).ToArray() }, tx.Handle);
        else
            await tx.Connection.ExecuteAsync(RefuseOne, lines.Select(l => new { batch, l.Line, l.Code }), tx.Handle);
    }

    /// <summary>The codes of a file that never opened; nobody can have used one. Why its lines were refused stays until it is sent again.</summary>
    public static Task Forget(Transaction tx, Guid batch) => tx.Connection.ExecuteAsync("delete from pts_coupon where batch = @batch", new { batch }, tx.Handle);

    public static Task ForgetRefused(Transaction tx, Guid batch) => tx.Connection.ExecuteAsync("delete from pts_coupon_refused where batch = @batch", new { batch }, tx.Handle);
}
