using System.Threading.Channels;

namespace Baton.Server.Control;

/// <summary>
/// What the control plane does, in sentences, for a person who watches. Thread-safe. Nobody has to read: the oldest entries are dropped.
/// </summary>
public sealed class ControlFeed
{
    private const int Kept = 1000;

    private readonly Channel<FeedEntry> _entries = Channel.CreateBounded<FeedEntry>(
        new BoundedChannelOptions(Kept) { FullMode = BoundedChannelFullMode.DropOldest, SingleReader = true });

    /// <summary>Adds an entry.</summary>
    /// <param name="kind">One word: <c>operation</c>, <c>notification</c>, <c>shard</c>, <c>endpoint</c>, <c>store</c>.</param>
    /// <param name="text">The sentence.</param>
    public void Say(string kind, string text) => _entries.Writer.TryWrite(new FeedEntry(kind, text));

    /// <summary>What was said and not read yet.</summary>
    public IReadOnlyList<FeedEntry> ReadAvailable()
    {
        List<FeedEntry> entries = [];
        while (_entries.Reader.TryRead(out FeedEntry entry))
        {
            entries.Add(entry);
        }

        return entries;
    }

    /// <summary>Reads entries as they come. For one reader.</summary>
    public IAsyncEnumerable<FeedEntry> ReadAllAsync(CancellationToken cancellationToken) => _entries.Reader.ReadAllAsync(cancellationToken);
}

/// <summary>One sentence.</summary>
/// <param name="Kind">What it is about, in one word.</param>
/// <param name="Text">The sentence.</param>
public readonly record struct FeedEntry(string Kind, string Text);
