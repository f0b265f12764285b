namespace Baton.TestKit.Load;

/// <summary>Runs rounds of a worker at a steady pace until it is asked to stop, then <see cref="RoundsAfterStop"/> rounds more.</summary>
public sealed class LoadLoop : IDisposable
{
    /// <summary>Rounds that must still succeed after the stop.</summary>
    public const int RoundsAfterStop = 20;

    private static readonly TimeSpan Pace = TimeSpan.FromMilliseconds(3);
    private volatile bool _stopping;

    /// <summary>True once <see cref="Stop"/> was called.</summary>
    public bool Stopping => _stopping;

    /// <summary>Asks every loop to end.</summary>
    public void Stop() => _stopping = true;

    /// <inheritdoc/>
    public void Dispose() => Stop();

    /// <summary>Runs one worker; errors of a round are counted, not thrown.</summary>
    public async Task RunAsync(LoadVerdict verdict, string name, Func<Task> round)
    {
        using var pace = new PeriodicTimer(Pace);
        for (var left = RoundsAfterStop; !_stopping || left > 0; left -= _stopping ? 1 : 0)
        {
            try
            {
                await round();
            }
            catch (Exception error)
            {
                verdict.Fail(name, error);
            }

            await pace.WaitForNextTickAsync();
        }
    }
}
