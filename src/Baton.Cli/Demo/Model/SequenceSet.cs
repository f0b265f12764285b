namespace Baton.Cli.Demo.Model;

/// <summary>A set of numbers kept as ranges, so that a long gapless sequence costs one entry. Not thread-safe.</summary>
internal sealed class SequenceSet
{
    private readonly List<(long First, long Last)> _ranges = [];

    /// <summary>How many numbers are in it.</summary>
    public long Count { get; private set; }

    /// <summary>The greatest number, or 0 when empty.</summary>
    public long Max => _ranges.Count == 0 ? 0 : _ranges[^1].Last;

    /// <summary>Adds a number; false when it was there already.</summary>
    public bool Add(long number)
    {
        var next = FirstRangeAfter(number);
        if (next > 0 && number <= _ranges[next - 1].Last)
        {
            return false;
        }

        Count++;
        var joinsLeft = next > 0 && _ranges[next - 1].Last == number - 1;
        var joinsRight = next < _ranges.Count && _ranges[next].First == number + 1;
        if (joinsLeft && joinsRight)
        {
            _ranges[next - 1] = (_ranges[next - 1].First, _ranges[next].Last);
            _ranges.RemoveAt(next);
        }
        else if (joinsLeft)
        {
            _ranges[next - 1] = (_ranges[next - 1].First, number);
        }
        else if (joinsRight)
        {
            _ranges[next] = (number, _ranges[next].Last);
        }
        else
        {
            _ranges.Insert(next, (number, number));
        }

        return true;
    }

    /// <summary>Whether the number is in it.</summary>
    public bool Contains(long number)
    {
        var next = FirstRangeAfter(number);
        return next > 0 && number <= _ranges[next - 1].Last;
    }

    /// <summary>All numbers, ascending.</summary>
    public IEnumerable<long> Numbers()
    {
        foreach (var (first, last) in _ranges)
        {
            for (var number = first; number <= last; number++)
            {
                yield return number;
            }
        }
    }

    private int FirstRangeAfter(long number)
    {
        int low = 0, high = _ranges.Count;
        while (low < high)
        {
            var middle = (low + high) / 2;
            if (_ranges[middle].First <= number)
            {
                low = middle + 1;
            }
            else
            {
                high = middle;
            }
        }

        return low;
    }
}
