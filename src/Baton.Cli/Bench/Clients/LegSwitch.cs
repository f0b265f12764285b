namespace Baton.Cli.Bench.Clients;

/// <summary>Tells a leg's callers whether they are measured, and when it is over.</summary>
internal sealed class LegSwitch
{
    private volatile bool _isMeasured;
    private volatile bool _isOver;

    /// <summary>Whether what callers do now counts.</summary>
    public bool IsMeasured
    {
        get => _isMeasured;
        set => _isMeasured = value;
    }

    /// <summary>Whether they are to stop.</summary>
    public bool IsOver
    {
        get => _isOver;
        set => _isOver = value;
    }
}
