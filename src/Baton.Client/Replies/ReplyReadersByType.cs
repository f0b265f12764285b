namespace Baton.Client;

/// <summary>Readers by type.</summary>
internal static class ReplyReadersByType
{
    private static readonly Dictionary<Type, Delegate> ByType = new()
    {
        [typeof(RedisReply)] = ReplyReaders.Raw,
        [typeof(string)] = ReplyReaders.NullableText,
        [typeof(byte[])] = ReplyReaders.NullableBytes,
        [typeof(long)] = ReplyReaders.Int64,
        [typeof(long?)] = ReplyReaders.NullableInt64,
        [typeof(int)] = ReplyReaders.Int32,
        [typeof(int?)] = ReplyReaders.NullableInt32,
        [typeof(double)] = ReplyReaders.Double,
        [typeof(double?)] = ReplyReaders.NullableDouble,
        [typeof(bool)] = ReplyReaders.Boolean,
        [typeof(bool?)] = ReplyReaders.NullableBoolean,
        [typeof(RedisKey)] = ReplyReaders.Key,
        [typeof(RedisReply[])] = ReplyReaders.NullableArrayOf(ReplyReaders.Raw),
        [typeof(string[])] = ReplyReaders.NullableArrayOf(ReplyReaders.NullableText),
        [typeof(byte[][])] = ReplyReaders.NullableArrayOf(ReplyReaders.NullableBytes),
        [typeof(long[])] = ReplyReaders.NullableArrayOf(ReplyReaders.Int64),
        [typeof(long?[])] = ReplyReaders.NullableArrayOf(ReplyReaders.NullableInt64),
        [typeof(int[])] = ReplyReaders.NullableArrayOf(ReplyReaders.Int32),
        [typeof(double[])] = ReplyReaders.NullableArrayOf(ReplyReaders.Double),
        [typeof(double?[])] = ReplyReaders.NullableArrayOf(ReplyReaders.NullableDouble),
        [typeof(bool[])] = ReplyReaders.NullableArrayOf(ReplyReaders.Boolean),
        [typeof(RedisKey[])] = ReplyReaders.NullableArrayOf(ReplyReaders.Key),
        [typeof(Dictionary<string, string>)] = ReplyReaders.MapOf(ReplyReaders.Text),
        [typeof(Dictionary<string, byte[]>)] = ReplyReaders.MapOf(ReplyReaders.Bytes),
        [typeof(Dictionary<string, long>)] = ReplyReaders.MapOf(ReplyReaders.Int64),
        [typeof(Dictionary<string, double>)] = ReplyReaders.MapOf(ReplyReaders.Double),
        [typeof(Dictionary<string, RedisReply>)] = ReplyReaders.MapOf(ReplyReaders.Raw),
    };

    /// <summary>The reader, or null.</summary>
    public static Delegate? Find(Type type) => ByType.GetValueOrDefault(type);
}
