namespace Baton.Client;

/// <summary>Replies of hash commands, their values as <typeparamref name="T"/>.</summary>
internal static class HashReplies<T>
{
    /// <summary>Fields and values.</summary>
    public static readonly ReplyReader<Dictionary<string, T>> Fields = ReplyReaders.MapOf(ReplyReaderFor<T>.Default);

    /// <summary>The same in the server's order.</summary>
    public static readonly ReplyReader<KeyValuePair<string, T>[]> Pairs = PairReplies.Of(ReplyReaders.Text, ReplyReaderFor<T>.Default);
}
