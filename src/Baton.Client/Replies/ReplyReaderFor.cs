namespace Baton.Client;

/// <summary>
/// The reader for a type argument, found once per type; without reflection, so that trimmed and AOT programs have them all.
/// </summary>
internal static class ReplyReaderFor<T>
{
    /// <summary>The reader for <typeparamref name="T"/>.</summary>
    /// <exception cref="NotSupportedException">There is none; the text names those there are.</exception>
    public static ReplyReader<T> Default => Found ?? throw new NotSupportedException(
        $"Replies cannot be read as {typeof(T)}. Use RedisReply (any reply), string, byte[], long, int, double, bool (each nullable where null "
        + "can come back), arrays of these, Dictionary<string, string | byte[] | long | double>, or pass a reader of your own.");

    /// <summary>The reader for arrays of <typeparamref name="T"/>; a null array is an empty one.</summary>
    /// <exception cref="NotSupportedException">There is no reader for <typeparamref name="T"/>.</exception>
    public static ReplyReader<T[]> Array => field ??= ReplyReaders.ArrayOf(Default);

    private static readonly ReplyReader<T>? Found = ReplyReadersByType.Find(typeof(T)) as ReplyReader<T>;
}
