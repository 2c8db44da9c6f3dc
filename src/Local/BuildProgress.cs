using System;
using System.Diagnostics;
using System.Linq;
using System.Threading;
using Microsoft.Build.Framework;
using Microsoft.Build.Utilities;

/// <summary>
/// Says every five seconds what a build is doing, until it ends. It writes to stderr and not to MSBuild's log, of which
/// <c>dotnet run</c> shows only warnings and errors.
/// </summary>
public sealed class ShowProgress : Task
{
    /// <summary>What goes on from here, such as <c>Compiling</c>.</summary>
    [Required]
    public string Doing { get; set; }

    /// <inheritdoc/>
    public override bool Execute()
    {
        // A build has further processes, which would say the same.
        if (Environment.GetCommandLineArgs().Any(part => part.StartsWith("/nodemode", StringComparison.Ordinal)))
        {
            return true;
        }

        // All targets of a build share one clock, and MSBuild disposes of it. MSBuild may compile this file once for
        // each project that uses it, so the clock cannot be shared by its type.
        const RegisteredTaskObjectLifetime build = RegisteredTaskObjectLifetime.Build;
        AppDomain.CurrentDomain.SetData(nameof(Doing), Doing);
        if (BuildEngine4.GetRegisteredTaskObject(nameof(ShowProgress), build) is null)
        {
            BuildEngine4.RegisterTaskObject(nameof(ShowProgress), new Clock(), build, allowEarlyCollection: false);
        }

        return true;
    }

    sealed class Clock : IDisposable
    {
        static readonly TimeSpan Interval = TimeSpan.FromSeconds(5);

        readonly Stopwatch _elapsed = Stopwatch.StartNew();
        readonly Timer _timer;

        public Clock()
        {
            Console.Error.WriteLine("Building for the first time. This takes a minute or two.");
            _timer = new Timer(_ => Say(), null, Interval, Interval);
        }

        public void Dispose() => _timer.Dispose();

        void Say() => Console.Error.WriteLine(
            $"{AppDomain.CurrentDomain.GetData(nameof(Doing))}, {_elapsed.Elapsed.TotalSeconds:F0} s ...");
    }
}
