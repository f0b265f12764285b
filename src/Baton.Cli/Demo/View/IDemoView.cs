namespace Baton.Cli.Demo.View;

/// <summary>Shows the run to people while it goes on.</summary>
internal interface IDemoView
{
    /// <summary>Runs the demo with the view open; the function is given what to call with new figures (from any thread).</summary>
    Task<T> ShowAsync<T>(Func<Action<DemoFigures>, Task<T>> run);
}
