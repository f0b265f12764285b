using Baton.Cluster.Requests;
using Baton.Server.Store;

namespace Baton.Server.Control;

/// <summary>Whether saves fail, since when and why, and when the next try is due. Written by the control loop; <see cref="Alarm"/> is read by all.</summary>
internal sealed class SaveTrouble(ControlLimits limits, ControlFeed feed, TimeProvider time)
{
    private volatile ControlAlarm? _alarm;
    private int _tries;
    private long _lastTry;

    /// <summary>Null while the last save went well.</summary>
    public ControlAlarm? Alarm => _alarm;

    /// <summary>How long until the next try.</summary>
    public TimeSpan Pause
    {
        get
        {
            TimeSpan whole = limits.SavePause * Math.Pow(2, Math.Clamp(_tries - 1, 0, 30));
            TimeSpan left = (whole < limits.SavePauseMost ? whole : limits.SavePauseMost) - time.GetElapsedTime(_lastTry);
            return left > TimeSpan.Zero ? left : TimeSpan.Zero;
        }
    }

    /// <summary>What a request is answered meanwhile.</summary>
    public RequestResult Refusal => new(
        [
            new RequestError(RequestErrorKind.Unavailable, "store_unavailable",
                $"Nothing can be changed now: {_alarm?.Reason} Databases are served as before; try again when that is mended."),
        ],
        [], null);

    /// <summary>A save failed.</summary>
    public void Note(StoreException error)
    {
        if (_alarm is null)
        {
            feed.Say("store",
                $"ALARM: {error.Message} Databases are served as before; requests are refused and operations wait until it can be saved.");
        }

        _alarm = new ControlAlarm("store", _alarm?.Since ?? time.GetUtcNow(), error.Message);
        _tries++;
        _lastTry = time.GetTimestamp();
    }

    /// <summary>A save went well.</summary>
    public void End()
    {
        if (_alarm is { } over)
        {
            feed.Say("store", FormattableString.Invariant(
                $"the state is saved again, after {(time.GetUtcNow() - over.Since).TotalSeconds:0.0} s and {_tries} tries in vain"));
            (_alarm, _tries) = (null, 0);
        }
    }
}
