namespace Baton.Client;

/// <summary>Replies of hash commands, their values as <typeparamref name="T"/>.</summary>
internal static class HashReplies<T>
{
    /// <summary>Fields and values.</summary>
    /// <exception cref="NotSupportedException">There is no reader for <typeparamref name="T"/>.</exception>
    public static ReplyReader<Dictionary<string, T>> Fields => field ??= ReplyReaders.MapOf(ReplyReaderFor<T>.Default);

    /// <summary>The same in the server's order.</summary>
    /// <exception cref="NotSupportedException">There is no reader for <typeparamref name="T"/>.</exception>
    public static ReplyReader<KeyValuePair<string, T>[]> Pairs => field ??= PairReplies.Of(ReplyReaders.Text, ReplyReaderFor<T>.Default);
}
