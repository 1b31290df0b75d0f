@echo off
rem Runs the museum command on Windows; dotnet builds it first when its sources have changed. What ./museum is elsewhere.
setlocal
where dotnet >nul 2>nul
if errorlevel 1 (
  echo error: the .NET SDK is not installed ^(no dotnet in PATH^): https://dotnet.microsoft.com/download 1>&2
  exit /b 3
)
if not exist "%~dp0src\Museum\bin\Release\net10.0\museum.dll" (
  echo museum: building the program ^(the first start; this takes one to three minutes, most of it to fetch packages^) 1>&2
)
rem A changed lock file is refused (error NU1004).
dotnet run --project "%~dp0src\Museum" -c Release -v quiet -p:RestoreLockedMode=true -p:TreatWarningsAsErrors=false -- %*
exit /b %ERRORLEVEL%
