using System.Data;
using Dapper;
using Microsoft.Data.Sqlite;
using Npgsql;

namespace MyKey.Kernel.Db;

/// <summary>How our value types travel through Dapper: ids as uuid or BLOB(16), points as a whole number, civil days as yyyymmdd.</summary>
internal static class TypeMaps
{
    public static void Register()
    {
        DefaultTypeMap.MatchNamesWithUnderscores = true;
        SqlMapper.RemoveTypeMap(typeof(Guid));
        SqlMapper.RemoveTypeMap(typeof(Guid?));
        SqlMapper.AddTypeHandler(new GuidMap());
        RegisterIdsOf(typeof(Ids).Assembly);
        SqlMapper.AddTypeHandler(new PointsMap());
        SqlMapper.RemoveTypeMap(typeof(DateOnly));
        SqlMapper.RemoveTypeMap(typeof(DateOnly?));
        SqlMapper.AddTypeHandler(new DayMap());
        SqlMapper.AddTypeHandler(new MunicipalityMap());
    }

    private static void RegisterIdsOf(System.Reflection.Assembly assembly)
    {
        var kinds = assembly.GetTypes().Where(t => t.IsValueType && t.GetInterfaces().Any(i => i.IsGenericType && i.GetGenericTypeDefinition() == typeof(IId<>)));
        foreach (var kind in kinds)
            SqlMapper.AddTypeHandler(kind, (SqlMapper.ITypeHandler)Activator.CreateInstance(typeof(IdMap<>).MakeGenericType(kind))!);
    }

    /// <summary>The same for a statement that does not go through Dapper.</summary>
    public static NpgsqlParameter Parameter(object? value) => new()
    {
        Value = value switch
        {
            null => DBNull.Value,
            IId id => id.Value,
            Points points => points.Value,
            DateOnly day => day.ToNumber(),
            MunicipalityCode town => town.Value,
            Enum word => Convert.ToInt32(word, System.Globalization.CultureInfo.InvariantCulture),
            _ => value,
        },
    };

    private static void Set(IDbDataParameter parameter, Guid value)
    {
        if (parameter is SqliteParameter)
        {
            parameter.DbType = DbType.Binary;
            parameter.Value = value.Bytes();
        }
        else
        {
            parameter.DbType = DbType.Guid;
            parameter.Value = value;
        }
    }

    private static Guid Get(object value) => value is Guid id ? id : new Guid((byte[])value, bigEndian: true);

    private sealed class GuidMap : SqlMapper.TypeHandler<Guid>
    {
        public override void SetValue(IDbDataParameter parameter, Guid value) => Set(parameter, value);

        public override Guid Parse(object value) => Get(value);
    }

    private sealed class IdMap<T> : SqlMapper.TypeHandler<T> where T : struct, IId<T>
    {
        public override void SetValue(IDbDataParameter parameter, T value) => Set(parameter, value.Value);

        public override T Parse(object value) => T.Of(Get(value));
    }

    private sealed class PointsMap : SqlMapper.TypeHandler<Points>
    {
        public override void SetValue(IDbDataParameter parameter, Points value) => (parameter.DbType, parameter.Value) = (DbType.Int64, value.Value);

        public override Points Parse(object value) => new(Convert.ToInt64(value, System.Globalization.CultureInfo.InvariantCulture));
    }

    private sealed class DayMap : SqlMapper.TypeHandler<DateOnly>
    {
        public override void SetValue(IDbDataParameter parameter, DateOnly value) => (parameter.DbType, parameter.Value) = (DbType.Int32, value.ToNumber());

        public override DateOnly Parse(object value) => Jst.FromNumber(Convert.ToInt32(value, System.Globalization.CultureInfo.InvariantCulture));
    }

    private sealed class MunicipalityMap : SqlMapper.TypeHandler<MunicipalityCode>
    {
        public override void SetValue(IDbDataParameter parameter, MunicipalityCode value) => (parameter.DbType, parameter.Value) = (DbType.String, value.Value);

        public override MunicipalityCode Parse(object value) => (string)value == MunicipalityCode.Pool.Value ? MunicipalityCode.Pool : (string)value == MunicipalityCode.State.Value ? MunicipalityCode.State : MunicipalityCode.Of((string)value);
    }
}
