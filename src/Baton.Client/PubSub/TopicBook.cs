using Baton.Protocol.Subscriptions;

namespace Baton.Client;

/// <summary>Topics by kind and name. Guarded by the hub.</summary>
internal sealed class TopicBook
{
    private readonly Dictionary<byte[], Topic>[] _byKind =
        [.. Enum.GetValues<SubscriptionKind>().Select(static _ => new Dictionary<byte[], Topic>(BytesComparer.Instance))];

    /// <summary>All that somebody wants.</summary>
    public IEnumerable<Topic> Wanted => _byKind.SelectMany(static topics => topics.Values).Where(static topic => topic.IsWanted);

    /// <summary>The topic, or null.</summary>
    public Topic? Find(SubscriptionKind kind, ReadOnlySpan<byte> name) =>
        _byKind[(int)kind].GetAlternateLookup<ReadOnlySpan<byte>>().TryGetValue(name, out var topic) ? topic : null;

    /// <summary>The topic, made when it is not there.</summary>
    public Topic GetOrAdd(SubscriptionKind kind, byte[] name)
    {
        if (Find(kind, name) is { } topic)
        {
            return topic;
        }

        topic = new Topic(kind, name);
        _byKind[(int)kind].Add(name, topic);
        return topic;
    }

    /// <summary>Forgets a topic nobody wants.</summary>
    public void Forget(Topic topic)
    {
        if (!topic.IsWanted)
        {
            _byKind[(int)topic.Kind].Remove(topic.Name);
        }
    }

    /// <summary>Forgets all topics nobody wants: no server owes a word about them any more.</summary>
    public void ForgetUnwanted()
    {
        foreach (var topics in _byKind)
        {
            foreach (var (name, _) in topics.Where(static pair => !pair.Value.IsWanted).ToArray())
            {
                topics.Remove(name);
            }
        }
    }
}
