namespace Baton.Cli.Demo.Model;

/// <summary>
/// What a list with producers (RPUSH) and blocking consumers (BLPOP) must show: every element whose push was acknowledged is delivered
/// exactly once (or still in the list at the end), nothing else is, and each consumer gets each producer's elements in order. Thread-safe.
/// </summary>
/// <param name="name">The key, for the texts.</param>
/// <param name="log">Where findings go.</param>
internal sealed class ListModel(string name, FindingLog log)
{
    private readonly Lock _lock = new();
    private readonly Dictionary<int, Producer> _producers = [];
    private readonly Dictionary<(int Consumer, int Producer), long> _lastDelivered = [];

    /// <summary>The element's text.</summary>
    public static string Element(int producer, long number) => $"{producer}-{number}";

    /// <summary>A push was acknowledged.</summary>
    public void Pushed(int producer, long number)
    {
        lock (_lock)
        {
            Of(producer).Pushed.Add(number);
        }
    }

    /// <summary>A push ended without an answer: the element may be there or not.</summary>
    public void PushUnknown(int producer, long number)
    {
        lock (_lock)
        {
            Of(producer).Unknown.Add(number);
        }
    }

    /// <summary>
    /// A pop delivered this element. A pop without an answer is not reported here: the element it may have taken is counted as lost at the
    /// end, because a blocked pop that is cut off with an element in hand is the very thing a handoff must not do.
    /// </summary>
    public void Popped(int consumer, string element)
    {
        lock (_lock)
        {
            if (!TryParse(element, out var producer, out var number))
            {
                log.Report(FindingKind.Duplicated, 1, $"{name}: delivered '{element}', which nobody pushed");
                return;
            }

            if (!Of(producer).Delivered.Add(number))
            {
                log.Report(FindingKind.Duplicated, 1, $"{name}: '{element}' delivered twice");
                return;
            }

            var last = _lastDelivered.GetValueOrDefault((consumer, producer));
            if (number < last)
            {
                log.Report(FindingKind.OutOfOrder, 1, $"{name}: consumer {consumer} got '{element}' after {Element(producer, last)}");
            }

            _lastDelivered[(consumer, producer)] = Math.Max(last, number);
        }
    }

    /// <summary>What the list holds at the end.</summary>
    public void Finish(IEnumerable<string> remaining)
    {
        foreach (var element in remaining)
        {
            Popped(consumer: -1, element);
        }

        lock (_lock)
        {
            foreach (var (id, producer) in _producers)
            {
                var lost = producer.Pushed.Numbers().Where(number => !producer.Delivered.Contains(number)).ToList();
                log.Report(FindingKind.Lost, lost.Count, $"{name}: producer {id}'s acknowledged {Some(lost)} never delivered");
                var invented = producer.Delivered.Numbers()
                    .Where(number => !producer.Pushed.Contains(number) && !producer.Unknown.Contains(number)).ToList();
                log.Report(FindingKind.Duplicated, invented.Count, $"{name}: producer {id} never pushed {Some(invented)}");
            }
        }
    }

    private static string Some(List<long> numbers) => string.Join(", ", numbers.Take(5)) + (numbers.Count > 5 ? " ..." : "");

    private static bool TryParse(string element, out int producer, out long number)
    {
        (producer, number) = (0, 0);
        var dash = element.IndexOf('-', StringComparison.Ordinal);
        return dash > 0 && int.TryParse(element.AsSpan(0, dash), out producer) && long.TryParse(element.AsSpan(dash + 1), out number);
    }

    private Producer Of(int producer)
    {
        if (!_producers.TryGetValue(producer, out var found))
        {
            _producers[producer] = found = new Producer();
        }

        return found;
    }

    private sealed class Producer
    {
        public SequenceSet Pushed { get; } = new();

        public SequenceSet Unknown { get; } = new();

        public SequenceSet Delivered { get; } = new();
    }
}
